"""Keep which model a person chose for which role while the engine was there, in `<data>/roles.json`."""

from pathlib import Path

from hearthd.settings import BUILTIN_EMBEDDER, ModelRef, Role, Settings, SettingsError, parse_ref
from hearthd.stored_json import DamagedFileError, edit_object, read_object

_FILE = "roles.json"


def read_assignments(data: Path) -> dict[Role, str | None]:
    """Return the model reference that was chosen for a role, None where a role is to have no model.

    A role that nobody chose for is not in it: what the settings say of it holds.

    Raises:
        SettingsError: the file is damaged or cannot be read.
    """
    try:
        found = read_object(data / _FILE)
    except DamagedFileError as err:
        raise SettingsError(f"{err}; delete it to choose anew") from err
    except OSError as err:
        raise SettingsError(f"{_FILE} cannot be read: {err.strerror}") from err
    # A later version may know more roles; what it wrote is not lost.
    assigned = {Role(name): model for name, model in found.items() if name in Role}
    if any(not isinstance(model, str | None) for model in assigned.values()):
        raise SettingsError(f"{_FILE} is damaged: a role's model is a text; delete it to choose anew")
    return assigned


def assigned_models(settings: Settings) -> dict[Role, ModelRef]:
    """Return what is to play which role: as fixed where we were started, else as chosen, else as the options say.

    What embeds is there from the start, unless somebody chose that nothing is to.

    Raises:
        SettingsError: what was chosen cannot be read.
    """
    chosen = read_assignments(settings.data)
    models = {Role.EMBEDDING: BUILTIN_EMBEDDER, **settings.models}
    for role in chosen.keys() - settings.fixed_roles:
        if (reference := chosen[role]) is None:
            models.pop(role, None)
        else:
            models[role] = parse_ref(reference, role)
    return models


def write_assignment(data: Path, role: Role, model: str | None) -> None:
    """Choose the model of one role; None leaves the role without one.

    Raises:
        SettingsError: the file is damaged or cannot be written.
    """
    try:
        with edit_object(data / _FILE) as assigned:
            assigned[role.value] = model
    except DamagedFileError as err:
        raise SettingsError(f"{err}; delete it to choose anew") from err
    except OSError as err:
        raise SettingsError(f"{_FILE} cannot be written: {err.strerror}") from err

"""List the class of every action that an agent may meet; what stands nowhere has none, and asks."""

from collections.abc import Mapping
from typing import Final

from ...const import DOMAIN
from ..effects import Risk

ANY: Final = "*"
_READ, _R, _S, _C = Risk


def _each(risk: Risk, *services: str) -> dict[str, Risk]:
    return dict.fromkeys(services, risk)


# A script, a scene or an automation is as grave as what is found inside it, so its own entry is mild.
# Closing or locking asks, but can harm nobody who is left outside as much as opening harms those inside.
# What an automation may listen to (a helper, a switch) stays as mild as it looks; docs/safety.md says so.
CLASSES: Final[Mapping[str, Mapping[str, Risk]]] = {
    "ai_task": {ANY: _S},
    "alarm_control_panel": {
        ANY: _C,
        **_each(_S, "alarm_arm_away", "alarm_arm_home", "alarm_arm_night", "alarm_arm_vacation"),
    },
    "alert": {"turn_on": _R, "turn_off": _S, "toggle": _S},
    "assist_satellite": {ANY: _S},
    "automation": {"turn_on": _S, "turn_off": _S, "toggle": _S, "trigger": _R, "reload": _R},
    "backup": {ANY: _S},
    "calendar": {"create_event": _S, "get_events": _READ},
    "camera": {"turn_on": _R, "enable_motion_detection": _R, ANY: _S},
    "climate": {ANY: _R},
    "cloud": {"remote_connect": _C, "remote_disconnect": _S},
    # Whoever is spoken to acts past the guard.
    "conversation": {"process": _C, "reload": _R},
    "counter": {ANY: _R},
    "cover": {ANY: _S},
    "date": {"set_value": _S},
    "datetime": {"set_value": _S},
    # Where people are opens doors in many a home.
    "device_tracker": {"see": _C},
    "downloader": {"download_file": _C},
    "fan": {ANY: _R},
    "frontend": {"set_theme": _R, "reload_themes": _R},
    "group": {"turn_on": _R, "turn_off": _R, "toggle": _R, "reload": _R, "set": _S, "remove": _S},
    "hassio": {ANY: _C, "backup_full": _S, "backup_partial": _S, "mount_reload": _S},
    DOMAIN: {
        **_each(_R, "remember", "replace", "forget", "undo", "save_document", "not_today", "resume"),
        **_each(_S, "send_to_me", "install_automation", "remove_automation"),
    },
    "homeassistant": {
        "check_config": _READ,
        "update_entity": _R,
        "save_persistent_states": _R,
        **_each(_S, "reload_all", "reload_config_entry", "reload_core_config", "reload_custom_templates"),
        **_each(_C, "restart", "stop", "set_location"),
    },
    "humidifier": {ANY: _R},
    "image": {"snapshot": _S},
    "image_processing": {"scan": _R},
    "input_boolean": {ANY: _R},
    "input_button": {ANY: _S},
    "input_datetime": {ANY: _R},
    "input_number": {ANY: _R},
    "input_select": {ANY: _R, "set_options": _S},
    "input_text": {ANY: _R},
    "lawn_mower": {ANY: _R},
    "light": {ANY: _R},
    "lock": {ANY: _C, "lock": _S},
    "logbook": {"log": _R},
    "logger": {ANY: _S},
    "media_player": {ANY: _R, "browse_media": _READ, "search_media": _READ},
    "notify": {ANY: _S},
    "number": {ANY: _S},
    "persistent_notification": {ANY: _R},
    "recorder": {"get_statistics": _READ, "enable": _S, **_each(_C, "disable", "purge", "purge_entities")},
    # What a remote sends is anybody's guess: it may be the gate's.
    "remote": {"turn_on": _R, "turn_off": _R, "toggle": _R, "learn_command": _S, "delete_command": _S},
    "scene": {"turn_on": _R, "reload": _R, "apply": _S, "create": _S, "delete": _S},
    "schedule": {"get_schedule": _READ, "reload": _R},
    "script": {ANY: _R},
    "select": {ANY: _S},
    "shopping_list": {
        **_each(_R, "add_item", "complete_item", "incomplete_item", "complete_all", "incomplete_all", "sort"),
        "remove_item": _S,
        "clear_completed_items": _S,
    },
    "siren": {ANY: _C, "turn_off": _S},
    "switch": {ANY: _R},
    "system_log": {"write": _R, "clear": _S},
    "template": {"reload": _R},
    "text": {"set_value": _S},
    "time": {"set_value": _S},
    "timer": {ANY: _R},
    "todo": {
        "add_item": _R,
        "update_item": _R,
        "get_items": _READ,
        "remove_item": _S,
        "remove_completed_items": _S,
    },
    "tts": {ANY: _S, "clear_cache": _R},
    "update": {ANY: _C, "skip": _S, "clear_skipped": _R},
    "utility_meter": {"calibrate": _S, "reset": _S},
    "vacuum": {ANY: _R, "send_command": _S},
    "valve": {ANY: _C, "close_valve": _S},
    "water_heater": {ANY: _S},
    "weather": {"get_forecast": _READ, "get_forecasts": _READ},
    "workday": {"check_date": _READ},
    "zone": {"reload": _R},
    # Of single integrations: what only tells, what plays or colours, what irrigates, and what opens or costs money.
    "adguard": {"refresh": _R, **_each(_S, "add_url", "disable_url", "enable_url", "remove_url")},
    "bluesound": {ANY: _R},
    "easyenergy": {ANY: _READ},
    "energyzero": {ANY: _READ},
    "forecast_solar": {"get_forecast": _READ},
    "google": {"add_event": _S, "create_event": _S},
    "google_mail": {"set_vacation": _S},
    "google_travel_time": {ANY: _READ},
    "heos": {"get_queue": _READ, **_each(_R, "group_volume_set", "group_volume_down", "group_volume_up")},
    "hue": {ANY: _R},
    "hydrawise": {ANY: _S},
    "icloud": {"update": _R, "play_sound": _R, "display_message": _S, "lost_device": _C},
    "imap": {ANY: _S, "delete": _C},
    "lifx": {ANY: _R},
    "matter": {ANY: _C, "water_heater_boost": _S},
    "mealie": {
        **_each(_READ, "get_mealplan", "get_recipe", "get_recipes", "get_shopping_list_items"),
        **_each(_S, "delete_mealplan", "import_recipe", "set_mealplan", "set_random_mealplan", "update_mealplan"),
    },
    "monzo": {ANY: _C},
    "music_assistant": {ANY: _R, "play_announcement": _S, **_each(_READ, "get_library", "get_queue", "search")},
    "netatmo": {"set_schedule": _S, "set_camera_light": _R, **_each(_C, "set_persons_home", "set_person_away")},
    "nordpool": {ANY: _READ},
    "nuki": {ANY: _C},
    "openweathermap": {"get_minute_forecast": _READ},
    "overseerr": {"get_requests": _READ, "search_media": _READ, "request_media": _S},
    "picnic": {"add_product": _S},
    "rachio": {ANY: _S},
    "rainbird": {ANY: _S},
    "rainmachine": {ANY: _S},
    "schlage": {ANY: _C, "get_codes": _S},
    "simplisafe": {ANY: _C},
    "snapcast": {ANY: _R},
    "sonos": {ANY: _R, "get_queue": _READ, "update_alarm": _S},
    "soundtouch": {ANY: _R},
    "subaru": {ANY: _C},
    "swiss_public_transport": {"fetch_connections": _READ},
    "tibber": {"get_prices": _READ},
    "todoist": {"new_task": _R},
    "unifi_access": {ANY: _C},
    "wake_on_lan": {"send_magic_packet": _R},
    "waze_travel_time": {ANY: _READ},
    "yeelight": {ANY: _R},
    "zha": {ANY: _C},
    "zwave_js": {ANY: _C, "ping": _R, "refresh_value": _R, "refresh_notifications": _R},
}

"""Answer chat requests with a language model, wherever that model runs."""

"""All SQL of dispatch: `requests`, `offers` (with decisions and claims), `loads`, `calendar`, `leader`, `figures`."""

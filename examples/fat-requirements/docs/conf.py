project = "notes"
extensions = ["sphinx.ext.autodoc"]
html_theme = "alabaster"

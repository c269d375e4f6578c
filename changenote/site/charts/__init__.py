"""Charts as SVG: drawn here from templates, without a script and without a library."""

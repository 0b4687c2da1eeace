"""Public clients of the Chorus Pro API, unmodified but for the URL, against a running platform.

Each has an environment of its own under `build/`, made by the hashes of its requirements file here. Its
driver is a script that only that environment runs; no code of the clients is part of the project.
"""

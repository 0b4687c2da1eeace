"""Where the local platform reaches into moto: one small module per seam, each with a contract test.

Every seam is installed by `install_…` and gives back a function that takes it out again.
"""

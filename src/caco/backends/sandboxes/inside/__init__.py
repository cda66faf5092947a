"""What runs inside the jail, in its own interpreters: launcher, walls, zygote, and the run of one program.

Nothing here is imported by the rest of the package; the files are started by path.
"""

"""The embedded AWS: an emulator in a process of its own, behind a guard, that never lies."""

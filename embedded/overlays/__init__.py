"""What the emulator only pretends, done for real or refused: one module each, found by being here."""

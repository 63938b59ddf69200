"""Provisioning: board files, flash images, keys and identities."""

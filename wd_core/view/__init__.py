"""What the live view shows: scene, plane, packed picture."""

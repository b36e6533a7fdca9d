"""A visitor's own table: from bytes to a study and its report."""

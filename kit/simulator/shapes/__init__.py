"""The shapes of Microsoft's records: an act goes in, a JSON object with the real property names comes out."""

"""Where an answer comes from, to take away: W3C PROV-O as RDF; and the whole graph as RDF, out and in again."""

"""The test server's graph: how to open it, and how to empty it."""

from neo4j import GraphDatabase
from neo4j_server import Server

from kg.bolt import Neo4jStore
from kg.store import Neo4jLogin

DIALECTS = ("embedded", "neo4j")


def connect(server: Server) -> Neo4jStore:
    """A store on the test server."""
    return Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))


def wipe(server: Server) -> None:
    """Nodes and relationships go; constraints and indexes stay."""
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")

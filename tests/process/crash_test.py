"""`kill -9` of each node in turn, then of all three at once, under load: every acknowledged write
is read back from every node, and counters hold what was acknowledged and no more than was asked."""

from kindred import Cluster, run
from load import Load

ACKS = 200  # how many writes have to be acknowledged before the test goes on


def kill_all(servers):
    """At one moment, as far as there is one: nobody is waited for before all have been hit."""
    for server in servers:
        server.process.kill()
    for server in servers:
        server.process.wait()


def test_kill_of_each_node_in_turn(directory):
    cluster = Cluster(directory).start()
    with Load(cluster) as load:
        for server in cluster:
            load.wait_for_acks(ACKS, "with all nodes")
            server.kill()
            load.wait_for_acks(ACKS, "with one node killed")
            server.start()
            cluster.wait_ready()
        load.wait_for_acks(ACKS, "with all nodes again")
    load.report()
    load.check()


def test_kill_of_all_nodes_at_once(directory):
    cluster = Cluster(directory).start()
    with Load(cluster) as load:
        for _ in range(2):
            load.wait_for_acks(5 * ACKS, "with all nodes")
            kill_all(cluster)
            cluster.restart()
        load.wait_for_acks(ACKS, "after the restart")
    load.report()
    load.check()


def test_what_was_acked_last_survives_the_death_of_all(directory):
    cluster = Cluster(directory).start()
    for round_number in range(3):
        with Load(cluster, f"round{round_number}") as load:
            load.wait_for_acks(2 * ACKS, "with all nodes")
            kill_all(cluster)
        cluster.restart()
        load.report()
        load.check()


def test_kill_of_a_server_that_stands_alone(directory):
    cluster = Cluster(directory, nodes=1).start()
    with Load(cluster) as load:
        for _ in range(2):
            load.wait_for_acks(2 * ACKS, "of the single server")
            cluster[0].kill()
            cluster.restart()
        load.wait_for_acks(ACKS, "after the restart")
    load.report()
    load.check()


if __name__ == "__main__":
    run(globals())

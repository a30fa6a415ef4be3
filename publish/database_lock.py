"""One writer at a time in a database that several machines can reach.

PostgreSQL holds the lock for the connection that took it, so that it is gone when its
holder is, however that ends. Other engines have none: there, the lock of the build's
folder is all there is.
"""

from __future__ import annotations

import getpass
import os
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from run_lock import Busy

# What PostgreSQL keeps of the name that a connection gives itself, in bytes.
NAME_SIZE = 63
LOCK_NAME = "client_profiles {}"
HOLDER = """
    select activity.application_name, activity.usename, activity.backend_start
    from pg_locks
    inner join pg_stat_activity as activity on pg_locks.pid = activity.pid
    where
        pg_locks.locktype = 'advisory'
        and pg_locks.granted
        and pg_locks.objsubid = 1
        and (pg_locks.classid::bigint << 32) + pg_locks.objid::bigint
            = hashtextextended(%s, 0)
        and pg_locks.database = (select oid from pg_database where datname = current_database())
"""


@contextmanager
def database_lock(what: str, variables: str | None) -> Iterator[None]:
    """Hold the lock of the schema that dbt builds, or raise Busy at once.

    what: what the run does, for people: 'build and publish'
    variables: what dbt is given as --vars
    """
    credentials = credentials_of_dbt(variables)
    if credentials is None or credentials.type != "postgres":
        yield
        return
    import psycopg2

    try:
        connection = psycopg2.connect(
            **connection_arguments(credentials), application_name=name_of(what)
        )
    except psycopg2.OperationalError:
        # dbt will say it too, and how it read the profile.
        yield
        return
    try:
        connection.autocommit = True
        take(connection, LOCK_NAME.format(credentials.schema))
        yield
    finally:
        connection.close()


def take(connection: Any, lock: str) -> None:
    """Take the lock, or say who has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [lock])
        if cursor.fetchone()[0]:
            return
        cursor.execute(HOLDER, [lock])
        holder = cursor.fetchone()
    if holder is None:
        # It has just ended.
        raise Busy("Another run was under way in this database. Run again.")
    name, user, since = holder
    raise Busy(
        f"Another run is under way in this database: {name}, as {user}, since "
        f"{since.isoformat(timespec='seconds')}. Wait until it has ended, or end it, and run "
        "again."
    )


def name_of(what: str) -> str:
    """Say who we are, in as many bytes as PostgreSQL keeps."""
    who = f"{what}, {getpass.getuser()} on {socket.gethostname()}, process {os.getpid()}"
    return who.encode()[:NAME_SIZE].decode(errors="ignore")


def credentials_of_dbt(variables: str | None) -> Any:
    """Read the target of the project's profile as dbt does; none where dbt can't."""
    from dbt.cli.resolvers import default_profiles_dir
    from dbt.config.runtime import load_profile
    from dbt.flags import set_from_args
    from dbt_common.context import set_invocation_context
    from dbt_common.exceptions import DbtBaseException

    set_invocation_context(os.environ)
    folder = os.environ.get("DBT_PROFILES_DIR") or str(default_profiles_dir())
    set_from_args(Namespace(PROFILES_DIR=folder), {})
    try:
        return load_profile(str(Path.cwd()), yaml.safe_load(variables or "") or {}).credentials
    except (DbtBaseException, yaml.YAMLError):
        # It stops the build too, with dbt's own words.
        return None


def connection_arguments(credentials: Any) -> dict[str, Any]:
    """Translate dbt's names; leave out what is not set."""
    given = {
        "host": credentials.host,
        "port": credentials.port,
        "user": credentials.user,
        "password": credentials.password,
        "dbname": credentials.database,
        "connect_timeout": credentials.connect_timeout,
        "sslmode": credentials.sslmode,
        "sslcert": credentials.sslcert,
        "sslkey": credentials.sslkey,
        "sslrootcert": credentials.sslrootcert,
    }
    return {name: value for name, value in given.items() if value is not None}

"""One office's table in DynamoDB: its connection, and the items as they are read and written there."""

from types import new_class
from typing import TypeVar, cast

from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable

from antrian.adapters.table.items import Item

ItemT = TypeVar("ItemT", bound=Item)

SCHEMA = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
}


class Table:
    """An office's table: the one connection to it, and the items that are bound to it.

    A process may have several tables side by side. The first request makes the client.
    """

    def __init__(self, name: str, region: str) -> None:
        table = TableConnection(
            name,
            region=region,
            max_pool_connections=32,  # the webhook handles the senders of a batch side by side
            # Several tries have to fit into the shortest function's timeout: a stale connection must not use it up.
            connect_timeout_seconds=1,
            read_timeout_seconds=4,
            meta_table=MetaTable({"TableName": name, **SCHEMA}),
        )

        # The one place that relies on PynamoDB's internals: a model finds its table by `_get_connection`. PynamoDB's
        # own takes the name from `Meta`, of which there is one for the whole process, and makes a client for each
        # model, at 50 ms and a TLS handshake each. `Meta.table_name` also serves to find a batch's items in the
        # response.
        class Bound(Item):
            class Meta:
                table_name = name

            @classmethod
            def _get_connection(cls) -> TableConnection:
                return table

        self.connection: Connection = table.connection
        self._bound = Bound
        self._models: dict[type[Item], type[Item]] = {}

    def model(self, item: type[ItemT]) -> type[ItemT]:
        """Return the subclass of an item that lives in this table, the same one each time.

        Read an item, and make one to be written, with this subclass; an item's own class is in no table. Conditions and
        updates are the same in every table: write them with the item's own class.
        """
        if item not in self._models:
            self._models.setdefault(item, new_class(item.__name__, (self._bound, item)))
        return cast(type[ItemT], self._models[item])

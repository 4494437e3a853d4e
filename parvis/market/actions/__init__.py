"""The verbs of the market."""

from parvis.market.actions.baskets import add_to_basket, set_quantity
from parvis.market.actions.bringing import (
    add_to_import,
    bring_goods,
    bring_website,
    compare_again,
    leave_import,
    write_import,
)
from parvis.market.actions.checkout import Buyer, place_order
from parvis.market.actions.losses import pack_again, write_off_part
from parvis.market.actions.many import undo_goods
from parvis.market.actions.parts import (
    accept_part,
    cancel_part,
    finish_part,
    refuse_part,
    return_part,
    send_part,
)
from parvis.market.actions.preparing import Substitute, prepare_part
from parvis.market.actions.products import change_product, count_stock, index_products, save_product
from parvis.market.actions.withdrawals import ask_withdrawal, receive_goods, refund_withdrawal, refuse_withdrawal

__all__ = [
    "Buyer",
    "Substitute",
    "accept_part",
    "add_to_basket",
    "add_to_import",
    "ask_withdrawal",
    "bring_goods",
    "bring_website",
    "cancel_part",
    "change_product",
    "compare_again",
    "count_stock",
    "finish_part",
    "index_products",
    "leave_import",
    "pack_again",
    "place_order",
    "prepare_part",
    "receive_goods",
    "refund_withdrawal",
    "refuse_part",
    "refuse_withdrawal",
    "return_part",
    "save_product",
    "send_part",
    "set_quantity",
    "undo_goods",
    "write_import",
    "write_off_part",
]

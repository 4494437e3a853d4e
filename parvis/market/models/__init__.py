"""What the market keeps: shops and goods, baskets, orders, the ledger."""

from parvis.market.models.baskets import Basket, BasketLine
from parvis.market.models.documents import Document, Operator, Series
from parvis.market.models.fee_invoices import FeeInvoice
from parvis.market.models.fees import FeeTerms
from parvis.market.models.funds import Fund, FundLine, FundPromise
from parvis.market.models.goods import GoodsChange, GoodsImport, KnownProduct
from parvis.market.models.ledger import LedgerEntry, LedgerTransaction
from parvis.market.models.lines import Line
from parvis.market.models.options import Option, OptionGroup
from parvis.market.models.orders import Order, Part, PartEvent
from parvis.market.models.payments import (
    MerchantAccount,
    Payment,
    PaymentEvent,
    Provider,
    ProviderCall,
    ProviderEvent,
    ProviderMovement,
)
from parvis.market.models.reductions import PriceChange, Reduction
from parvis.market.models.rules import Capacity, Cycle, CycleShop, MarketClosure
from parvis.market.models.sellers import SellerPerson, SellerStatus
from parvis.market.models.shops import Market, Modality, Product, Shop, StockMovement
from parvis.market.models.telling import Telling, TellingBrowser
from parvis.market.models.vouchers import Voucher, VoucherCampaign, VoucherUse
from parvis.market.models.withdrawals import Withdrawal, WithdrawalEvent, WithdrawalLine

__all__ = [
    "Basket",
    "BasketLine",
    "Capacity",
    "Cycle",
    "CycleShop",
    "Document",
    "FeeInvoice",
    "FeeTerms",
    "Fund",
    "FundLine",
    "FundPromise",
    "GoodsChange",
    "GoodsImport",
    "KnownProduct",
    "LedgerEntry",
    "LedgerTransaction",
    "Line",
    "Market",
    "MarketClosure",
    "MerchantAccount",
    "Modality",
    "Operator",
    "Option",
    "OptionGroup",
    "Order",
    "Part",
    "PartEvent",
    "Payment",
    "PaymentEvent",
    "PriceChange",
    "Product",
    "Provider",
    "ProviderCall",
    "ProviderEvent",
    "ProviderMovement",
    "Reduction",
    "SellerPerson",
    "SellerStatus",
    "Series",
    "Shop",
    "StockMovement",
    "Telling",
    "TellingBrowser",
    "Voucher",
    "VoucherCampaign",
    "VoucherUse",
    "Withdrawal",
    "WithdrawalEvent",
    "WithdrawalLine",
]

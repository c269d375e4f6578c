"""Who made-up notes are of: services with their parts, and people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A service of a shop, with one route, table, column, job and module of its own."""

    name: str
    team: str
    route: str
    table: str
    column: str
    job: str
    module: str
    stack: tuple[str, ...]


_PYTHON = ("python", "django", "postgresql")
_GO = ("go", "postgresql", "kafka")
_NODE = ("typescript", "node", "redis")
_RUBY = ("ruby", "rails", "mysql")

ENDINGS = {"python": "py", "go": "go", "typescript": "ts", "ruby": "rb"}

SERVICES = (
    Service(
        "shop-web",
        "cart",
        "GET /cart",
        "basket_items",
        "basket_id",
        "expire_baskets",
        "cart",
        _PYTHON,
    ),
    Service(
        "checkout",
        "payments",
        "GET /orders",
        "orders",
        "customer_id",
        "settle_orders",
        "orders",
        _PYTHON,
    ),
    Service(
        "billing",
        "finance",
        "GET /invoices",
        "invoices",
        "account_id",
        "send_invoices",
        "invoicing",
        _RUBY,
    ),
    Service(
        "search-api",
        "discovery",
        "GET /search",
        "product_terms",
        "product_id",
        "reindex_products",
        "ranking",
        _GO,
    ),
    Service(
        "identity",
        "accounts",
        "GET /session",
        "sessions",
        "user_id",
        "evict_sessions",
        "sessions",
        _GO,
    ),
    Service(
        "inventory",
        "warehouse",
        "GET /stock",
        "stock_levels",
        "sku",
        "recount_stock",
        "stock",
        _PYTHON,
    ),
    Service(
        "notifier",
        "messaging",
        "GET /messages",
        "deliveries",
        "recipient_id",
        "send_digests",
        "delivery",
        _NODE,
    ),
    Service(
        "media",
        "content",
        "GET /images",
        "renditions",
        "image_id",
        "render_thumbnails",
        "renditions",
        _NODE,
    ),
    Service(
        "pricing",
        "catalogue",
        "GET /prices",
        "price_rules",
        "rule_id",
        "refresh_prices",
        "rules",
        _GO,
    ),
    Service(
        "ledger",
        "finance",
        "GET /entries",
        "ledger_entries",
        "account_id",
        "close_the_day",
        "entries",
        _RUBY,
    ),
    Service(
        "reports",
        "insight",
        "GET /reports",
        "report_rows",
        "report_id",
        "build_reports",
        "reporting",
        _PYTHON,
    ),
    Service(
        "webhooks",
        "platform",
        "GET /hooks",
        "hook_events",
        "endpoint_id",
        "deliver_hooks",
        "dispatch",
        _GO,
    ),
    Service(
        "reviews",
        "community",
        "GET /reviews",
        "reviews",
        "product_id",
        "score_reviews",
        "scoring",
        _RUBY,
    ),
    Service(
        "shipping",
        "warehouse",
        "GET /labels",
        "parcels",
        "order_id",
        "track_parcels",
        "labels",
        _NODE,
    ),
    Service(
        "imports",
        "catalogue",
        "GET /imports",
        "import_rows",
        "supplier_id",
        "import_supplier_files",
        "suppliers",
        _PYTHON,
    ),
    Service(
        "recommender",
        "discovery",
        "GET /related",
        "item_pairs",
        "item_id",
        "train_neighbours",
        "neighbours",
        _PYTHON,
    ),
)  # fmt: skip - one service is one thought

AREAS = ("eu", "us", "br", "in", "jp", "b2b", "outlet", "kids", "home", "books")
"""The shops of one organisation: each has all the services."""

PEOPLE = (
    "Ana Kovac",
    "Ben Okafor",
    "Chloe Martin",
    "Dmitri Petrov",
    "Eva Lindqvist",
    "Farid Nasser",
    "Grace Chen",
    "Hugo Silva",
    "Ines Moreau",
    "Jonas Weber",
    "Kira Tanaka",
    "Leo Rossi",
)  # fmt: skip - names, not lines

PARTS = (
    "handler",
    "queries",
    "models",
    "cache",
    "client",
    "worker",
    "schema",
    "settings",
    "routes",
    "serializer",
    "retry",
    "pool",
    "limits",
    "metrics",
    "validation",
    "pagination",
)  # fmt: skip - names, not lines

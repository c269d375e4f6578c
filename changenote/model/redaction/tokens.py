"""How the tokens of services look, wherever they stand, and what only looks like a secret."""

PREFIXES = {  # of a token, by the service; then 16 characters or more that make no words
    "Anthropic": "sk-ant-",
    "Atlassian": "ATATT3 ATCTT3 ATBB",
    "AWS": "ABSK bedrock-api-key-",
    "Buildkite": "bkua_ bkaj_",
    "CircleCI": "CCIPAT_ CCIPRJ_",
    "Clojars": "CLOJARS_",
    "Cloudflare": "v1.0-",
    "DigitalOcean": "dop_v1_ doo_v1_ dor_v1_",
    "Docker": "dckr_pat_ dckr_oat_",
    "Doppler": "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
    "Duffel": "duffel_test_ duffel_live_",
    "Dynatrace": "dt0c01. dt0s01. dt0s02.",
    "EasyPost": "EZAK EZTK",
    "Figma": "figd_ figo_",
    "Flutterwave": "FLWSECK FLWPUBK",
    "Fly": "fo1_ fm1r_ fm1a_ fm2_",
    "Frame": "fio-u-",
    "GitHub": "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
    "Google": "ya29. GOCSPX-",
    "Grafana": "glc_ glsa_",
    "Groq": "gsk_",
    "Heroku": "HRKU-",
    "JFrog": "AKCp cmVmdGtu",
    "LangSmith": "lsv2_pt_ lsv2_sk_",
    "Linear": "lin_api_ lin_oauth_",
    "Netlify": "nfp_ nfc_ nfo_ nfu_",
    "New Relic": "NRAK- NRII- NRIQ- NRRA- NRJS- NRAA-",
    "OpenAI": "sk-proj- sk-svcacct- sk-admin- sk-or-",
    "OpenShift": "sha256~",
    "Perplexity": "pplx-",
    "PlanetScale": "pscale_tkn_ pscale_oauth_ pscale_pw_",
    "PostHog": "phx_",
    "Postman": "PMAK-",
    "Prefect": "pnu_ pnb_",
    "Private AI": "p8e-",
    "ReadMe": "rdme_",
    "Replicate": "r8_",
    "Sendinblue": "xkeysib- xsmtpsib-",
    "Sentry": "sntrys_ sntryu_ sntrya_",
    "SettleMint": "sm_aat_ sm_pat_ sm_sat_",
    "Shippo": "shippo_live_ shippo_test_",
    "Shopify": "shpat_ shpca_ shppa_ shpss_",
    "Slack": "xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp-",
    "Sourcegraph": "sgp_ slk_",
    "Square": "sq0atp- sq0csp- sq0idp-",
    "Stripe": "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_",
    "Supabase": "sbp_ sb_secret_",
    "Tailscale": "tskey-",
    "Trello": "ATTA",
    "Typeform": "tfp_",
    "Vault": "hvs. hvb. hvr.",
    "xAI": "xai-",
    "Yandex": "AQVN YCAJ YCHKX",
}

SHAPES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (  # kind, hints, pattern, why here
    ("Adafruit key", ("aio_",), r"aio_[A-Za-z0-9]{28}", "a common word"),
    ("age key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{20,}+", "perhaps without digits"),
    ("Airtable token", ("pat",), r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}", "a common word"),
    (
        "Authress key",
        (".acc",),
        r"(?:sc|ext|scauth|authress)"
        r"_\w{5,30}\.\w{4,6}\.acc[_-][\w\-]{10,32}\.[\w+/=\-]{30,120}",
        "a common word",
    ),
    (
        "AWS key",
        ("AKIA", "ASIA", "ABIA", "ACCA", "A3T"),
        r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}",
        "perhaps without digits",
    ),
    ("Azure secret", ("Q~",), r"[\w~.]{3}\dQ~[\w~.\-]{31,34}", "marked in its middle"),
    ("Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-\d)?", "hexadecimal"),
    (
        "Discord token",
        (".",),
        r"[AMNO][\w\-]{23,25}\.[\w\-]{6}\.[\w\-]{27,38}",
        "id, time, signature",
    ),
    (
        "Discord token",
        ("/webhooks/",),
        r"(?<=/webhooks/)\d{8,20}/[\w\-]{20,}+",
        "an address to post to",
    ),
    (
        "GitLab token",
        ("gl", "GR1348941"),
        r"(?:gl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rtr?|soat|wt)-|GR1348941)"
        r"[\w\-]{18,}+(?:\.[\w.\-]++)?",
        "perhaps without digits",
    ),
    ("GoCardless token", ("live_",), r"live_[\w\-=]{40}", "a common word"),
    ("Google key", ("AIza",), r"AIza[\w\-]{30,}+", "perhaps without digits"),
    (
        "Harness token",
        ("at.",),
        r"[ps]at\.[\w\-]{22}\.[0-9A-Za-z]{24}\.[0-9A-Za-z]{20}",
        "a common word",
    ),
    ("Hugging Face token", ("hf_", "api_org_"), r"(?:hf|api_org)_[A-Za-z]{34}", "letters only"),
    ("Infracost key", ("ico-",), r"ico-[A-Za-z0-9]{32}", "a common word"),
    (
        "JFrog token",
        ("AKC", "AP2", "AP3", "AP4", "AP5", "AP6", "APA", "APB"),
        r"(?:AKC|AP[2-6AB])(?![A-Z]{1,40}\b)[A-Za-z0-9]{10,}+",
        "perhaps without digits",
    ),
    (
        "JWT",
        ("ey",),
        r"ey[A-Za-z0-9]{15,}+\.ey[\w/\\\-]{15,}+(?:\.[\w/\\\-]*+={0,2}+)?",
        "JSON inside",
    ),
    ("Lob key", ("live_", "test_"), r"(?:live|test)_(?:pub_)?[0-9a-f]{30,}+", "a common word"),
    ("Mailchimp key", ("-us",), r"[0-9a-f]{32}-us\d{1,2}", "hexadecimal"),
    ("Mailgun key", ("key-",), r"(?:pub)?key-[0-9a-f]{32}", "a common word"),
    ("Mailgun key", ("-",), r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}", "like a UUID, but none"),
    ("MaxMind key", ("_mmk",), r"\w{6}_\w{29}_mmk", "marked at its end"),
    (
        "Notion token",
        ("ntn_", "secret_"),
        r"ntn_[A-Za-z0-9]{30,}+|secret_[A-Za-z0-9]{43}",
        "a common word",
    ),
    ("npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}", "a common word"),
    ("NuGet key", ("oy2",), r"oy2[a-z0-9]{43}", "a short prefix"),
    ("Octopus key", ("API-",), r"API-[A-Z0-9]{26}", "a common word"),
    (
        "OnePassword key",
        ("A3-",),
        r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})"
        r"(?:-[A-Z0-9]{5}){3}",
        "in groups",
    ),
    ("Mapbox token", ("pk.", "sk."), r"[ps]k\.[\w\-]{60,}+\.[\w\-]{22}", "two parts"),
    ("OnePassword token", ("ops_ey",), r"ops_ey[\w+/\-]{50,}+={0,2}+", "JSON inside"),
    ("OpenAI key", ("sk-",), r"sk-[A-Za-z0-9]{20,}+", "a common word"),
    (
        "Plaid token",
        ("access-",),
        r"access-(?:sandbox|development|production)-[0-9a-f\-]{36}",
        "a UUID behind words",
    ),
    ("Pulumi token", ("pul-",), r"pul-[0-9a-f]{40}", "a common word"),
    ("PyPI token", ("pypi-",), r"pypi-[\w\-]{50,}+", "a common word"),
    ("RubyGems key", ("rubygems_",), r"rubygems_[0-9a-f]{48}", "a common word"),
    ("Scalingo token", ("tk-us-",), r"tk-us-[\w\-]{48}", "a common word"),
    ("SendGrid key", ("SG.",), r"SG\.[\w\-]{16,32}\.[\w\-]{30,64}", "two parts"),
    ("SendGrid key", ("SG.",), r"SG\.[\w=\-.]{66}", "signs in it"),
    (
        "Slack address",
        ("hooks.slack.com",),
        r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w+/]{20,}+",
        "an address to post to",
    ),
    (
        "Teams address",
        ("webhook.office.com",),
        r"(?<=webhook\.office\.com/)webhookb2/[\w@/\-]{36,}+",
        "an address to post to",
    ),
    ("Telegram token", (":",), r"\d{5,16}:A[\w\-]{34}", "a number before it"),
    ("Terraform token", ("atlasv1",), r"[0-9A-Za-z]{14}\.atlasv1\.[\w\-=]{60,70}", "a word inside"),
    ("Twilio key", ("SK",), r"SK[0-9a-z]{32}", "perhaps without digits"),
    ("Twilio key", ("AC",), r"AC[0-9a-z]{32}", "perhaps without digits"),
    ("Twitter token", ("AAAAAAAAAAAAAAAAAAAA",), r"A{20,}+[\w%]{60,}+", "zeros in base64"),
    (
        "Vault token",
        ("s.",),
        r"s\.(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}",
        "as it was before version 1.10",
    ),
)

_BEGIN = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
KEY_BLOCK = (  # a private key whole, one with its end cut off, and PuTTY's
    _BEGIN
    + r"(?:(?!-----(?:BEGIN|END) )[\s\S])*+-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"|" + _BEGIN + r"(?:\s|\\[nr]|[\w+/=,.\-]{16,}+|[A-Z][A-Za-z\-]{1,20}+: [^\n]{0,200}+"
    r"|[\w+/=]++(?=\s*\Z))*+"
    r"|Private-Lines: \d{1,4}\r?\n(?:[A-Za-z0-9+/=]{1,100}+(?:\r?\n|\Z))*+"
)

# Random, long and no secret: certificates, public keys, digests, addresses made from contents.
PUBLIC = (
    r"-----BEGIN (?![A-Z0-9 ]{0,40}PRIVATE)[A-Z0-9 ]{1,40}-----"
    r"(?:(?!-----(?:BEGIN|END) )[\s\S])*+-----END [A-Z0-9 ]{1,40}-----"
    r"|\b(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.\-]{1,60} AAAA[A-Za-z0-9+/=]++"
    r"|\b(?i:sha\d{1,3}|md5|h1)[:=-][A-Za-z0-9+/=_-]{16,}+"
    r"|\b(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|baf[a-z2-7]{50,}+)\b"
    r"|\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"
    r"|\bpk_(?:live|test)_\w++"
    r"|\bI[0-9a-f]{40}\b"
)

"""The oldest browser that pages promise to run in (Chrome 66, iOS 12), played by a new one: what came later is taken
away before the page's own scripts run, but for what the driver of the tests needs (globalThis). Newer syntax cannot be
taken away: tests/house/test_scripts.py looks for it.
"""

_LATER = (
    "BigInt", "DataView.prototype.getBigUint64", "DataView.prototype.setBigUint64",
    "queueMicrotask", "structuredClone", "WeakRef", "ResizeObserver",
    "Array.prototype.at", "Array.prototype.flat", "Array.prototype.flatMap", "Array.prototype.findLast",
    "Array.prototype.toSorted", "String.prototype.at", "String.prototype.matchAll", "String.prototype.replaceAll",
    "Object.fromEntries", "Object.hasOwn", "Promise.allSettled", "Promise.any", "Symbol.prototype.description",
    "Blob.prototype.text", "Blob.prototype.arrayBuffer", "Blob.prototype.stream", "AbortSignal.timeout",
    "crypto.randomUUID", "crypto.subtle", "Element.prototype.replaceChildren", "Document.prototype.replaceChildren",
    "Element.prototype.toggleAttribute", "HTMLFormElement.prototype.requestSubmit", "IntersectionObserver",
)  # fmt: skip
AS_OLD = "".join(
    f"delete {owner or 'window'}.{name};" for owner, _, name in (whole.rpartition(".") for whole in _LATER)
)
"""For `page.add_init_script`."""

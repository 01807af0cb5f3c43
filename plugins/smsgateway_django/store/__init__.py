"""An app that keeps what was sent, what became of it, and what came in: `smsgateway_django.store`.

Add it to `INSTALLED_APPS` and migrate. Every message is then a row before it is sent; delivery
reports and incoming messages are kept as they come, and the admin shows all of it.

The rows are written in whatever transaction the caller is in. Send on commit, as every example
does, or a rollback takes the row of a message that went out with it. Where that cannot be helped,
give the store a connection of its own: a second entry of `DATABASES` to the same database, and a
router that names it for the app `smsgateway_store`.
"""

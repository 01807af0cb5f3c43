"""An app that keeps what was sent, what became of it, and what came in: `smsgateway_django.store`.

Add it to `INSTALLED_APPS` and migrate. Every message is then a row before it is sent; delivery
reports and incoming messages are kept as they come, and the admin shows all of it. Of what
`smsgateway_django.codes` sends, as the bridges to packages of one-time codes do, the text is not
kept. What goes through django-sms, django-sendsms or the mail bridge is a message like any other.

Send on commit, as every example does. In PostgreSQL the row of what is sent within a transaction
nevertheless outlasts its rollback: another connection writes it. In other databases the rollback
takes the row with it; in SQLite the other connection would wait for the transaction for ever. The
check smsgateway.W004 warns a deployment whose every request is such a transaction.
"""

"""Who may use the dashboard: accounts, sessions, roles, the switch for changes, and the record of who did what.

Everything lies in the state table, so that any number of instances agree. Views need `app.access.people` for who asks
and `app.roles.needs` for what they ask of them; the check itself is `app.access.check`.
"""

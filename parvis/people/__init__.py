"""People and what they may do: accounts, organisations, roles.

Main verbs: ``access.require_role``, ``access.organisations_of``. A person is one account on the installation; what
they may do is a ``Role`` in one town. It must not know shops, orders or rounds.

Personal data: name, e-mail, telephone and language of an account, until the person erases it or three years
after the last sign-in; roles until withdrawn. The bank account of an organisation (holder, IBAN) as long as it is
paid there, a replaced one a year longer for payments that come back; pages show it masked, ``iban.masked``.
"""

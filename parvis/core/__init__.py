"""The ground floor: what every room uses and what knows no room.

Holds layout and components, money, time, geography, text folding, short codes, the audit trail, the outbox
(mail and SMS leave through it once, after commit), pictures and printed documents, health pages.
Main verbs: ``audit.record``, ``outbox.send_mail``, ``money.split``, ``pictures.reencode``, ``documents.pdf``.
It must not know towns, people or orders: where a row belongs to a town it keeps the bare ``town_id``.

Personal data: ``OutboxMessage`` keeps an address and a text for 90 days after sending (the purge table in
``parvis/config/retention.py``); ``AuditEntry`` keeps who did what for three years, without contents.
"""

"""How a shop joins the market: it says that it would like to, is called back, and opens when all that matters is done.

Main verbs: ``actions.calls.preregister``, ``actions.calls.note_outcome``, ``actions.inviting.confirm_call``,
``actions.inviting.accept_invitation``, ``actions.opening.note_step``, ``actions.opening.open_shop``. A
pre-registration is two fields; its calls and the steps of a shop are append-only lists, and where each stands is
computed from them and from what can be seen. It knows the market, the directory and people; none of them knows it. It
must not know the portal.

Personal data: who asked to be called (name, telephone, e-mail, registration number) and what was said in the calls,
one year after the last step; the day's digest of a network address, 30 days; to whom an invitation went, one year. Who
did which step of a checklist stays with the shop. Bank accounts are kept by ``people``.
"""

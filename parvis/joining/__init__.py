"""How a shop joins the market: it says that it would like to, is called back, and opens when all that matters is done.

Main verbs: ``actions.calls.preregister``, ``actions.calls.take_call``, ``actions.calls.note_outcome``. A
pre-registration is two fields; its calls are an append-only list, and where it stands is computed from them. It knows
the market, the directory and people; none of them knows it. It must not know the portal.

Personal data: who asked to be called (name, telephone, e-mail, registration number) and what was said in the calls,
one year after the last step; the day's digest of a network address, 30 days.
"""

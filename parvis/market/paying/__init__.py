"""Online payment: what a payment's events mean, and what is wanted next of the provider. Pure modules.

``states`` reads events; ``next_steps`` compares what should be with what is and names one step; ``offering`` says
whether a town and a shop can be paid online. The verbs that write are in ``market/actions/payments``.
"""

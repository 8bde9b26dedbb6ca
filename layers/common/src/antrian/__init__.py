"""Antrian: the queue of an immigration office over WhatsApp.

Arrows point inwards: functions → usecases → domain, and adapters → domain.
"""

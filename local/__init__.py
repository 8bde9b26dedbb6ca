"""The whole system on one machine: a local AWS, the stack that goes to AWS, and a simulated WhatsApp."""

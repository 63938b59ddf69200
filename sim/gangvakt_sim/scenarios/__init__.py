"""What a sign must live with: people of all kinds, weather, traffic and broken sensors, made from a seed.

Everything is placed by the crossing of the site at hand, so each scenario fits each site. The numbers in
capitals are assumptions: nobody has measured them at a real crossing yet.
"""

# Copy this file to /etc/homeroom/jupyterhub_config.d/ and type `sudo homeroom apply`.
# It is Python that the hub runs last, with its configuration as `c`: everything of
# https://jupyterhub.readthedocs.io/en/stable/reference/config-reference.html can be set here.

# How long somebody stays signed in, in days.
c.JupyterHub.cookie_max_age_days = 2

# One more variable in every notebook server.
c.Spawner.environment = {"COURSE": "Statistics 101"}

"""What a bike can that not every bike can, and what a bag asks for."""

from django.db import migrations, models

import parvis.delivery.models.fleet


class Migration(migrations.Migration):
    dependencies = [("delivery", "0013_progress_of_plans")]

    operations = [
        migrations.AddField(
            model_name="bike",
            name="skills",
            field=models.JSONField(
                default=parvis.delivery.models.fleet.usual_skills,
                help_text="what it can that not every bike can (skills.Skill)",
            ),
        ),
        migrations.AddField(
            model_name="bag",
            name="needs",
            field=models.JSONField(default=list, help_text="what it asks of a bike (skills.Skill)"),
        ),
    ]

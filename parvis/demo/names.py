"""People of the demonstration: invented names, given and family name drawn apart."""

BUYERS = (
    "Alice Bertin", "Bilal Cherif", "Chloé Dubreuil", "Daniel Essono", "Élodie Fauvel", "Farid Gasmi",
    "Gisèle Hamon", "Hugo Imbert", "Irène Jouve", "Jamal Kadri", "Katia Lemoine", "Louis Maréchal",
    "Mina Nakamura", "Noé Ollivier", "Odile Pasquier", "Pedro Quintela", "Quentin Raynal", "Rania Saïd",
    "Simon Tessier", "Thuy Nguyen", "Ursula Vogel", "Victor Wagner", "Wassila Xavier", "Yann Zeller",
    "Zoé Aubry", "Bastien Carlier", "Céline Doucet", "Driss Elyazid", "Emma Fontanel", "Florian Guérin",
)  # fmt: skip

"""What the account has published, and the showcase of videos: looking, handing in, voting."""

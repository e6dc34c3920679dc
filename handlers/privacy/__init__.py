"""What we keep of people, why and until when; how it is shown to them, and how we let go of it."""

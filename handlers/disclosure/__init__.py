"""Information that is made public: the catalogue, and what is asked for beyond it."""

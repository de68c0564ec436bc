"""Our rules beside npm's `mathsteps`, on problems that neither project wrote."""

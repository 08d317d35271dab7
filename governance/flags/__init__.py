"""Which way of answering who gets: flags with variants, shadow runs, canaries that roll themselves back."""

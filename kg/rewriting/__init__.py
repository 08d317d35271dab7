"""Documents that are held written anew without some names, as though their files had never had them."""

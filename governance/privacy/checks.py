"""Whether a number is what it looks like: the check digits of accounts, cards and national identity numbers."""

import re
from collections.abc import Callable
from datetime import date

# Lengths of the registry of ISO 13616, of the countries whose numbers are met most.
_IBAN_LENGTHS = {
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IS": 26,
    "IT": 27,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "SE": 24,
    "SI": 19,
    "SK": 24,
}
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def is_iban(text: str) -> bool:
    """ISO 13616: the length of the country and the check by modulo 97."""
    plain = re.sub(r"\s", "", text).upper()
    if _IBAN_LENGTHS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def has_luhn(text: str) -> bool:
    """The check of ISO/IEC 7812 (Luhn, US patent 2,950,048) over the digits of a text."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(doubled) % 10 == 0


def is_card(text: str) -> bool:
    """A payment card: 13 to 19 digits, the first 3 to 6, with Luhn's check, and not one digit over and over."""
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and digits[0] in "3456" and len(set(digits)) > 1 and has_luhn(digits)


def is_swedish(text: str) -> bool:
    """A personnummer: a day of birth, or one with 60 added, and Luhn's check over the last ten digits."""
    digits = re.sub(r"\D", "", text)[-10:]
    return len(digits) == 10 and _is_day(digits[2:4], int(digits[4:6]) % 60) and has_luhn(digits)


def is_norwegian(text: str) -> bool:
    """A fødselsnummer: a day of birth and two check digits by modulo 11."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if len(digits) != 11 or not _is_day("".join(map(str, digits[2:4])), (digits[0] * 10 + digits[1]) % 40):
        return False
    return all(
        sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11 == 0
        for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    )


def is_finnish(text: str) -> bool:
    """A henkilötunnus: a day of birth, and a check character by modulo 31."""
    plain = text.upper()
    return _is_day(plain[2:4], int(plain[:2])) and _HETU[int(plain[:6] + plain[7:10]) % 31] == plain[10]


def is_spanish(text: str) -> bool:
    """A DNI or NIE: its letter by modulo 23."""
    plain = re.sub(r"[\s-]", "", text).upper()
    number = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return number.isdigit() and _DNI[int(number) % 23] == plain[-1]


def is_italian(text: str) -> bool:
    """A codice fiscale: its last letter."""
    plain = text.upper()
    total = sum(
        _ODD[letter] if place % 2 == 0 else int(letter, 36) - 10 * letter.isalpha()
        for place, letter in enumerate(plain[:15])
    )
    return chr(ord("A") + total % 26) == plain[15]


def is_french(text: str) -> bool:
    """A NIR: two check digits by modulo 97; Corsica's letters count as 19 and 18."""
    plain = re.sub(r"\s", "", text).upper().replace("2A", "19").replace("2B", "18")
    return len(plain) == 15 and plain.isdigit() and 97 - int(plain[:13]) % 97 == int(plain[13:])


def is_polish(text: str) -> bool:
    """A PESEL: a day of birth, and a weighted sum that is a multiple of ten."""
    digits = [int(letter) for letter in text]
    month = (digits[2] * 10 + digits[3]) % 20
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=True))
    return _is_day(str(month), digits[4] * 10 + digits[5]) and total % 10 == 0


def is_belgian(text: str) -> bool:
    """A national number: check digits by modulo 97, of those born since 2000 with a 2 before."""
    digits = re.sub(r"\D", "", text)
    return any(97 - int(begin + digits[:9]) % 97 == int(digits[9:]) for begin in ("", "2"))


def is_swiss(text: str) -> bool:
    """An AHV number: the check digit of an EAN-13."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    return len(digits) == 13 and sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def is_dutch(text: str) -> bool:
    """A BSN: the eleven-test."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(digits) == 9 and sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 0 and any(digits)


def is_german(text: str) -> bool:
    """A tax identification number: the check digit of ISO 7064, modulo 11,10."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if len(digits) != 11 or digits[0] == 0:
        return False
    product = 10
    for digit in digits[:10]:
        total = (digit + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == digits[10]


def is_american(text: str) -> bool:
    """A social security number: no check digit, but areas, groups and serials that are never given out."""
    area, group, serial = re.split(r"[-\s]", text)
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_day(month: str, day: int) -> bool:
    """Whether there is such a day in some year."""
    try:
        return bool(date(2024, int(month), day))
    except ValueError:
        return False


#: National identity numbers: their form, the check, and whether a word must say what the number is.
NATIONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool], bool], ...] = tuple(
    (re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE), check, needs_word)
    for pattern, check, needs_word in (
        (r"(?:19|20)?\d{6}[-+]\d{4}", is_swedish, False),
        (r"(?:19|20)\d{10}", is_swedish, True),
        (r"\d{6} ?\d{5}", is_norwegian, False),
        (r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", is_finnish, False),
        (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]", is_spanish, False),
        (r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", is_italian, False),
        (r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", is_french, False),
        (r"\d{11}", is_polish, True),
        (r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", is_belgian, False),
        (r"756\.\d{4}\.\d{4}\.\d{2}", is_swiss, False),
        (r"\d{9}", is_dutch, True),
        (r"\d{2} ?\d{3} ?\d{3} ?\d{3}", is_german, True),
        (r"\d{3}[- ]\d{2}[- ]\d{4}", is_american, False),
    )
)

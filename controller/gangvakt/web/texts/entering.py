"""Log-in, passwords and the second factor. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "log_in": ("Log in", "Logg inn"),
    "log_out": ("Log out", "Logg ut"),
    "log_in_hint": (
        "The first time, use the one-time password that “gangvakt serve” printed.",
        "Første gang: bruk engangspassordet som «gangvakt serve» skrev ut.",
    ),
    "login_refused": ("Wrong user or password.", "Feil bruker eller passord."),
    "login_locked": (
        "Too many wrong passwords. Try again in {seconds} s.",
        "For mange feil passord. Prøv igjen om {seconds} s.",
    ),
    "new_password": ("New password", "Nytt passord"),
    "new_password_again": ("New password again", "Nytt passord en gang til"),
    "choose_password": ("Choose a password", "Velg et passord"),
    "choose_password_hint": (
        "The one-time password ends here. Choose your own, with at least 12 characters.",
        "Engangspassordet slutter å gjelde nå. Velg ditt eget, med minst 12 tegn.",
    ),
    "passwords_differ": ("The two passwords differ.", "De to passordene er ulike."),
    "password_refused": (
        "Choose {shortest} to {longest} characters that are hard to guess, not the password you have now.",
        "Velg {shortest} til {longest} tegn som er vanskelige å gjette, ikke passordet du har nå.",
    ),
    "code": ("Code", "Kode"),
    "code_hint": (
        "{user}, type the six figures of your authenticator, or one of your recovery codes.",
        "{user}, skriv de seks sifrene fra kodeappen, eller en av gjenopprettingskodene.",
    ),
    "code_refused": (
        "The code is wrong, or was used already. Wait for the next one.",
        "Koden er feil, eller allerede brukt. Vent på den neste.",
    ),
    "other_user": ("Somebody else", "En annen bruker"),
    "log_in_at": ("Log in with {title}", "Logg inn med {title}"),
    "log_in_again": ("Back to the log-in", "Tilbake til innloggingen"),
    "no_role": (
        "You have no role here. Ask an administrator of your municipality.",
        "Du har ingen rolle her. Spør en administrator i kommunen din.",
    ),
    "elsewhere_failed": (
        "The log-in there did not work, or took too long. The controller's log says why.",
        "Innloggingen der virket ikke, eller tok for lang tid. Kontrollerens logg sier hvorfor.",
    ),
    "change_password": ("Change the password", "Bytt passord"),
    "password_now": ("Your password now", "Passordet ditt nå"),
    "change_password_hint": (
        "At least 12 characters. All your other sessions end.",
        "Minst 12 tegn. Alle de andre øktene dine avsluttes.",
    ),
    "back_to_account": ("Back to your account", "Tilbake til kontoen din"),
    "set_up_factor": ("Set up a second factor", "Sett opp totrinnsinnlogging"),
    "factor_must": (
        "Administrators need a second factor before they can go on.",
        "Administratorer må ha totrinnsinnlogging før de kan gå videre.",
    ),
    "factor_hint": (
        "At log-in a code of an authenticator app is asked for besides your password.",
        "Ved innlogging spørres det etter en kode fra en kodeapp i tillegg til passordet.",
    ),
    "factor_scan": (
        "Scan this with an authenticator app, then type the six figures that it shows.",
        "Skann dette med en kodeapp, og skriv så de seks sifrene den viser.",
    ),
    "factor_qr": ("QR code for an authenticator app", "QR-kode for en kodeapp"),
    "factor_by_hand": ("Without a camera:", "Uten kamera:"),
    "codes_kept": ("I have kept them", "Jeg har tatt vare på dem"),
    "codes_hint": (
        "Your second factor counts from now on. Keep these recovery codes where your telephone is not: each"
        " opens once, and they are not shown again.",
        "Totrinnsinnlogging gjelder fra nå av. Ta vare på disse gjenopprettingskodene et annet sted enn"
        " telefonen: hver virker én gang, og de vises ikke igjen.",
    ),
    "password": ("Password", "Passord"),
}

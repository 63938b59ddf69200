/** The connection to the controller, for as long as it takes: the page stays while nobody answers. */
const ASK_EVERY_MS = 3000;
const ASKED = "/account/password"; // small, and only for who has a session

export class Line {
  constructor(socket) {
    this.socket = socket;
    this.timeouts = 0;
    this.askedMs = -ASK_EVERY_MS;
    const [theirs] = socket.listeners("connect_error");
    socket.off("connect_error");
    socket.on("connect_error", (error) => {
      // Theirs tries the other transport at the first one, and at the next leaves for a page that nobody serves now.
      if (error.message !== "timeout" || this.timeouts++ === 0) theirs?.(error);
      this.askWhetherLoggedOut();
    });
  }

  /** A socket that is refused does not say why: where the session is over, the page leads to the log-in. */
  async askWhetherLoggedOut() {
    if (performance.now() - this.askedMs < ASK_EVERY_MS) return;
    this.askedMs = performance.now();
    try {
      const answer = await fetch(ASKED, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") window.location.reload();
    } catch {
      // nobody answers: the socket goes on trying
    }
  }
}

// Starts the app, and says so if it cannot start. A file of its own, because the page's policy refuses inline scripts.

const address = (id) => document.getElementById(id).href;

async function start() {
  if (typeof WebAssembly !== "object") {
    throw new Error("This browser has no WebAssembly, or it is switched off. Partitura runs Kafka inside the page and cannot do without it.");
  }
  const [{ default: init }, wasm] = await arrived([import(address("app-glue")), fetch(address("app-wasm"))]);
  await init({ module_or_path: wasm });
}

/** All parts of the app, or an error that blames the way and not the app. */
async function arrived(parts) {
  try {
    const all = await Promise.all(parts);
    const refused = all.find((part) => part instanceof Response && !part.ok);
    if (refused) throw new Error(`status ${refused.status}`);
    return all;
  } catch (cause) {
    throw new Error(`A part of the page did not arrive (${cause.message}). Check the connection, then try again.`, { cause });
  }
}

function explain(error) {
  console.error(error);
  const loading = document.getElementById("loading");
  if (!loading) return; // The app is on the screen, and speaks for itself.
  const trouble = loading.querySelector(".loading-trouble");
  trouble.querySelector("p").textContent = `Partitura could not start. ${error.message}`;
  trouble.querySelector("button").onclick = () => location.reload();
  trouble.hidden = false;
  loading.dataset.failed = "";
}

// `trunk serve` names itself in a header (Trunk.toml). Only then is there somebody to ask for news of the next build.
function servedByTrunk() {
  const [visit] = performance.getEntriesByType("navigation");
  return visit?.serverTiming?.some((entry) => entry.name === "trunk-serve") ?? false;
}

function reloadOnChange(isReturn = false) {
  const socket = new WebSocket(new URL(".well-known/trunk/ws", document.baseURI.replace(/^http/, "ws")));
  socket.onopen = () => isReturn && location.reload();
  socket.onclose = () => setTimeout(reloadOnChange, 2000, true);
  socket.onmessage = ({ data }) => {
    const news = JSON.parse(data);
    if (news.type === "reload") location.reload();
    if (news.type === "buildFailure") showBuildFailure(news.data.reason);
  };
}

function showBuildFailure(reason) {
  document.querySelector(".build-failed")?.remove();
  const note = document.createElement("pre");
  note.className = "build-failed";
  note.textContent = `The last change does not build: see the terminal.\n\n${reason}`;
  document.body.append(note);
}

if (servedByTrunk()) reloadOnChange();
start().catch(explain);

// Stands in the head of every page: opens the page's connection and asks for its data while the scripts that will
// read the answer are still on their way. socket.io, once it is there, is given this connection in place of one of
// its own. KNOWN is what the build knows: {version, schema, event, hashes, routes}.
((known) => {
  const parts = location.pathname.split("/").slice(1), params = {};
  const isOur = (route) => {
    const names = route === "index" ? [""] : route.split("/");
    return names.length === parts.length && names.every((name, i) => {
      if (name[0] !== "[") return name === parts[i];
      params[name.slice(1, -1)] = parts[i];
      return parts[i];
    });
  };
  // A tab in the background connects when it is looked at. What needs decoding is left to the router.
  if (document.hidden || location.pathname.includes("%") || !known.routes.some(isOur)) return;
  let token;
  try {
    token = sessionStorage.getItem("token") || crypto.randomUUID();
    sessionStorage.setItem("token", token);
  } catch { return; }

  const Socket = self.WebSocket;
  const address = `${location.origin.replace("http", "ws")}/_event/?token=${token}&EIO=4&transport=websocket`;
  const query = { ...Object.fromEntries(new URLSearchParams(location.search)), ...params };
  const asked = { pathname: location.pathname, asPath: location.pathname + location.search + location.hash };
  if (Object.keys(query).length) asked.query = query;
  const event = { name: known.event, payload: { hashes: known.hashes }, router_data: asked };
  const question = `40/_event,${JSON.stringify({ event, state_schema: known.schema })}`;

  const socket = new Socket(address, [known.version]);
  const heard = [];
  let reader = null, isNew = true, isAsked = false, isWaiting = false;
  const leave = () => socket.close();
  const tooLong = setTimeout(leave, 10000);   // the scripts do not come
  addEventListener("pagehide", leave);

  // The first message is the connection's own; the others answer a question that the page must have put first.
  // What answers it is told in one go and drawn once. What is said of the live stream is told by itself, as the
  // line would: it changes what must have been taken in before.
  const isNews = (data) => data.includes("live_state");
  const tell = () => {
    while (heard.length && !isWaiting && (isAsked || isNew)) {
      const data = heard.shift();
      isNew = false;
      reader.onmessage?.({ data });
      isWaiting = heard.length > 0 && (isNews(data) || isNews(heard[0]));
      if (isWaiting) setTimeout(() => { isWaiting = false; tell(); });
    }
  };
  socket.onopen = () => { socket.send(question); reader?.onopen?.(); };
  socket.onmessage = ({ data }) => { heard.push(data); if (reader) tell(); };
  socket.onerror = (event) => reader?.onerror?.(event);
  socket.onclose = (event) => reader?.onclose?.(event);

  const handOver = () => {
    clearTimeout(tooLong);
    removeEventListener("pagehide", leave);
    reader = {
      send(data) {
        if (isAsked) return socket.send(data);
        isAsked = true;
        // The page is another than it was when it began to load.
        if (data !== question) return socket.close();
        queueMicrotask(tell);
      },
      close: leave,
    };
    queueMicrotask(() => {
      if (socket.readyState !== Socket.OPEN) return;
      reader.onopen?.();
      tell();
    });
    return reader;
  };
  self.WebSocket = class extends Socket {
    constructor(url, protocols) {
      const isOurs = !reader && socket.readyState <= Socket.OPEN && url === address;
      if (isOurs) return handOver();
      super(url, protocols);
    }
  };
})(KNOWN);

// A file on its way to one of our routes: streamed as it is, with its progress.

/** Send one file with the session's token; `onShare(0..1)` as it goes. Gives the route's answer, or {errors: [{key, params}]}. */
export function send(path, file, csrf, onShare) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-csrf", csrf ?? "");
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.upload.onprogress = (e) => { if (e.lengthComputable) onShare?.(e.loaded / e.total); };
    request.onerror = request.onabort = () => resolve({ errors: [{ key: "imports.file.lost" }] });
    request.onload = () => {
      try { resolve(JSON.parse(request.responseText)); } catch { resolve({ errors: [{ key: "errors.unexpected", params: { code: request.status } }] }); }
    };
    request.send(file);
  });
}

// Asks a security key what the server wants signed, and sends its answer as an ordinary form.
// Each form with `data-key` holds the request in `data-options` (WebAuthn's JSON, base64url for bytes).
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const named = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

function asked(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (form.dataset.key === "create") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
  } else {
    options.allowCredentials = named(options.allowCredentials);
  }
  return { publicKey: options };
}

function answered(credential) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = {};
  for (const part of parts) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type,
    clientExtensionResults: {}, response,
  });
}

async function answer(form) {
  const failed = document.getElementById("key-failed");
  failed.hidden = true;
  try {
    form.elements.answer.value = answered(await navigator.credentials[form.dataset.key](asked(form)));
  } catch {
    failed.hidden = false;
    return;
  }
  form.submit();
}

for (const form of document.querySelectorAll("form[data-key]")) {
  if (!window.PublicKeyCredential) {
    document.getElementById("key-unable").hidden = false;
  } else if (location.origin !== form.dataset.origin) {
    const elsewhere = document.getElementById("key-elsewhere");
    elsewhere.querySelector("a").href = form.dataset.origin + location.pathname + location.search;
    elsewhere.hidden = false;
  } else {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form);
    });
    form.hidden = false;
  }
}

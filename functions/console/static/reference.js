"use strict";
/* Shows the description of an API, from this site alone: no validator and no font is asked for elsewhere. */
const viewer = document.getElementById("viewer");

if (viewer && window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: viewer.dataset.description,
    domNode: viewer,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    tagsSorter: "alpha",
    validatorUrl: null,
  });
}

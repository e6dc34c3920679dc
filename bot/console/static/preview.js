// Shows each article in its phone frame as soon as the page stands.
for (const form of document.querySelectorAll("form.autoshow")) form.requestSubmit();

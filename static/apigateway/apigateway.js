// An API's page: examples are put into their field.
for (const button of document.querySelectorAll("[data-apigw-fill]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.apigwFill);
    field.value = button.dataset.text;
    field.focus();
  });
}

"""The forms of signing in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):
    """A name and a password."""

    name = StringField("Name", [InputRequired("Type your name."), Length(max=200, message="No name is so long.")])
    password = PasswordField("Password", [InputRequired("Type your password.")])
    next = HiddenField()


class JoinForm(FlaskForm):
    """A new account: the code of a link, a name, a password typed twice."""

    code = StringField("Code", [InputRequired("Type the code."), Length(max=500, message="No code is so long.")])
    name = StringField("Name", [InputRequired("Type a name."), Length(max=200, message="At most 60 characters.")])
    password = PasswordField("Password", [InputRequired("Choose a password.")])
    again = PasswordField("Password again", [InputRequired("Type the password again.")])


class PasswordForm(FlaskForm):
    """A new password for an account that a link names."""

    code = HiddenField()
    password = PasswordField("New password", [InputRequired("Choose a password.")])
    again = PasswordField("New password again", [InputRequired("Type the password again.")])
